/** The Secret with the name and the password that open the console on Kubernetes. */
export const consoleLoginSecret = 'console-login';

/** The name of who opens the console; the password is made up, or in `.env`. */
export const consoleUser = 'admin';
