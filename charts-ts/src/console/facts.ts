/** The Secret with the name and password for the console on Kubernetes. */
export const consoleLoginSecret = 'console-login';

/** The console's user name. The password is generated, or in `.env`. */
export const consoleUser = 'admin';
