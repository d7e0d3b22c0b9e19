/** log4j2.properties that writes to standard output only. */
export const log4jProperties: Readonly<Record<string, string>> = {
  'appender.stdout.type': 'Console',
  'appender.stdout.name': 'stdout',
  'appender.stdout.layout.type': 'PatternLayout',
  'appender.stdout.layout.pattern': '%d{ISO8601} %-5p %c{1} %m%n',
  'rootLogger.level': 'INFO',
  'rootLogger.appenderRef.stdout.ref': 'stdout',
};
