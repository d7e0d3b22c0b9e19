package tidbcdc;

import java.util.Map;

/**
 * Settings that the supervisor passes to the capture.
 *
 * @param startJournal binlog file to begin at while no position is saved
 * @param startPosition offset in that file
 * @param maxMessageBytes largest message the topic accepts
 * @param kafkaUsername empty if the brokers require no login
 */
record Settings(String databaseHost, int databasePort, String databaseUser, String databasePassword,
        String startJournal, long startPosition, String dataDir, String brokers, String topic, int partitions,
        int maxMessageBytes, String kafkaUsername, String kafkaPassword) {

    static Settings fromEnvironment(Map<String, String> env) {
        return new Settings(
                required(env, "DATABASE_HOST"),
                Integer.parseInt(required(env, "DATABASE_PORT")),
                required(env, "DATABASE_USER"),
                required(env, "DATABASE_PASSWORD"),
                required(env, "START_JOURNAL"),
                Long.parseLong(required(env, "START_POSITION")),
                required(env, "DATA_DIR"),
                required(env, "KAFKA_BROKERS"),
                required(env, "KAFKA_TOPIC"),
                Integer.parseInt(required(env, "KAFKA_PARTITIONS")),
                Integer.parseInt(required(env, "MAX_MESSAGE_BYTES")),
                env.getOrDefault("KAFKA_USERNAME", ""),
                env.getOrDefault("KAFKA_PASSWORD", ""));
    }

    private static String required(Map<String, String> env, String name) {
        String value = env.get(name);
        if (value == null || value.isEmpty()) throw new IllegalArgumentException(name + " must be set");
        return value;
    }
}
