package tidbcdc;

import com.taobao.tddl.dbsync.binlog.LogEvent;
import com.taobao.tddl.dbsync.binlog.event.TableMapLogEvent.ColumnInfo;

/** Derives a column's SQL type from its description in the binlog. */
final class ColumnType {
    /** Collation id of binary strings. Distinguishes BLOB from TEXT and VARBINARY from VARCHAR. */
    private static final int BINARY_COLLATION = 63;

    private ColumnType() {}

    /** Returns the type as `SHOW COLUMNS` prints it, without lengths, which nothing downstream needs. */
    static String of(ColumnInfo column) {
        boolean binary = column.charset == BINARY_COLLATION;
        return switch (column.type) {
            case LogEvent.MYSQL_TYPE_TINY -> integer("tinyint", column);
            case LogEvent.MYSQL_TYPE_SHORT -> integer("smallint", column);
            case LogEvent.MYSQL_TYPE_INT24 -> integer("mediumint", column);
            case LogEvent.MYSQL_TYPE_LONG -> integer("int", column);
            case LogEvent.MYSQL_TYPE_LONGLONG -> integer("bigint", column);
            case LogEvent.MYSQL_TYPE_FLOAT -> "float";
            case LogEvent.MYSQL_TYPE_DOUBLE -> "double";
            case LogEvent.MYSQL_TYPE_NEWDECIMAL -> "decimal(" + (column.meta >> 8) + "," + (column.meta & 0xff) + ")";
            case LogEvent.MYSQL_TYPE_DATE, LogEvent.MYSQL_TYPE_NEWDATE -> "date";
            case LogEvent.MYSQL_TYPE_TIME, LogEvent.MYSQL_TYPE_TIME2 -> "time";
            case LogEvent.MYSQL_TYPE_DATETIME, LogEvent.MYSQL_TYPE_DATETIME2 -> "datetime";
            case LogEvent.MYSQL_TYPE_TIMESTAMP, LogEvent.MYSQL_TYPE_TIMESTAMP2 -> "timestamp";
            case LogEvent.MYSQL_TYPE_YEAR -> "year";
            case LogEvent.MYSQL_TYPE_BIT -> "bit";
            case LogEvent.MYSQL_TYPE_JSON -> "json";
            case LogEvent.MYSQL_TYPE_VARCHAR, LogEvent.MYSQL_TYPE_VAR_STRING -> binary ? "varbinary" : "varchar";
            case LogEvent.MYSQL_TYPE_STRING -> fixedString(column, binary);
            case LogEvent.MYSQL_TYPE_BLOB -> blob(column, binary);
            default -> "blob";
        };
    }

    private static String integer(String name, ColumnInfo column) {
        return column.unsigned ? name + " unsigned" : name;
    }

    /** CHAR, ENUM and SET share one type in the binlog; the upper byte of the metadata distinguishes them. */
    private static String fixedString(ColumnInfo column, boolean binary) {
        return switch (column.meta >> 8) {
            case LogEvent.MYSQL_TYPE_ENUM -> "enum";
            case LogEvent.MYSQL_TYPE_SET -> "set";
            default -> binary ? "binary" : "char";
        };
    }

    /** The metadata is the number of bytes that hold a value's length. */
    private static String blob(ColumnInfo column, boolean binary) {
        String size = switch (column.meta) {
            case 1 -> "tiny";
            case 3 -> "medium";
            case 4 -> "long";
            default -> "";
        };
        return size + (binary ? "blob" : "text");
    }
}
