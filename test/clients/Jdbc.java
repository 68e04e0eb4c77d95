// detmeta from JDBC: PgJDBC binds typed parameters, but leaves the type of java.sql.Timestamp and Date open.
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

public class Jdbc {
    static final String WEBUI = """
        {"filterGroup": {"kind": "group", "conjunction": "and", "children": [
          {"kind": "field", "columnName": "metadata.effectiveness", "location": "LOCATION_TYPE_RUN_METADATA",
           "type": "COLUMN_TYPE_NUMBER", "operator": ">=", "value": 20},
          {"kind": "field", "columnName": "metadata.tags", "location": "LOCATION_TYPE_RUN_METADATA",
           "type": "COLUMN_TYPE_ARRAY", "operator": "notEmpty", "value": null}]}, "showArchived": false}""";

    static Connection conn;
    static boolean failed;

    /** Sets the parameters of a statement. */
    interface Binder {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** A parameter of the SQL type NULL. */
    record Null(int type) {
    }

    /** Run a statement, and print what the server thinks of the runs found and of the plans that it reported. */
    static void check(String name, PreparedStatement statement) throws SQLException {
        List<Long> runs = new ArrayList<>();
        StringBuilder plans = new StringBuilder();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                runs.add(rows.getLong(1));
            }
        }
        for (SQLWarning notice = statement.getWarnings(); notice != null; notice = notice.getNextWarning()) {
            plans.append(notice.getMessage()).append('\n');
        }
        try (PreparedStatement ask = conn.prepareStatement("SELECT check_case(?, ?, ?, ?)")) {
            ask.setString(1, "jdbc");
            ask.setString(2, name);
            ask.setArray(3, conn.createArrayOf("bigint", runs.toArray()));
            ask.setString(4, plans.toString());
            try (ResultSet verdict = ask.executeQuery()) {
                verdict.next();
                System.out.println(verdict.getString(1));
                failed |= !verdict.getString(1).startsWith("ok");
            }
        }
    }

    static void query(String name, String sql, Binder binder) throws SQLException {
        try (PreparedStatement statement = conn.prepareStatement(sql)) {
            binder.bind(statement);
            check(name, statement);
        }
    }

    /** Find runs by a condition, with a setter for each parameter. */
    static void findBy(String name, String condition, Binder binder) throws SQLException {
        query(name, "SELECT run_id FROM runs_metadata WHERE " + condition + " ORDER BY run_id", binder);
    }

    /** The same, with parameters of the types that setObject finds for them. */
    static void find(String name, String condition, Object... values) throws SQLException {
        findBy(name, condition, s -> {
            for (int i = 0; i < values.length; i++) {
                if (values[i] instanceof Null missing) {
                    s.setNull(i + 1, missing.type());
                } else {
                    s.setObject(i + 1, values[i]);
                }
            }
        });
    }

    static Array array(String type, Object... values) throws SQLException {
        return conn.createArrayOf(type, values);
    }

    static void runCases() throws SQLException {
        try (PreparedStatement statement = conn.prepareStatement(
                "SELECT run_id FROM runs_metadata WHERE metadata_is(metadata, ?, ?) ORDER BY run_id")) {
            statement.setString(1, "effectiveness");
            statement.setInt(2, 20);
            check("is_number", statement);
        }
        find("is_decimal", "metadata_is(metadata, ?, ?)", "effectiveness", new BigDecimal("35.50"));
        find("is_big", "metadata_is(metadata, ?, ?)", "parent", 7000000000L);
        find("is_text", "metadata_is(metadata, ?, ?)", "optimizer.name", "adam");
        find("is_boolean", "metadata_is(metadata, ?, ?)", "converged", true);
        find("is_date", "metadata_is(metadata, ?, ?)", "started", LocalDate.of(2024, 3, 1));
        find("is_json", "metadata_is(metadata, ?, ?::jsonb)", "version", "\"20\"");
        find("is_null", "metadata_is(metadata, ?, ?)", "effectiveness", new Null(Types.INTEGER));
        find("is_null", "metadata_is(metadata, ?, ?)", "effectiveness", new Null(Types.VARCHAR));
        find("is_null", "metadata_is(metadata, ?, ?)", "effectiveness", new Null(Types.NULL));
        find("is_not_number", "metadata_is_not(metadata, ?, ?)", "effectiveness", 20.0);
        find("is_not_text", "metadata_is_not(metadata, ?, ?)", "optimizer.name", "adam");
        find("in_numbers", "metadata_in(metadata, ?, ?)", "effectiveness", array("numeric", new BigDecimal(7), new BigDecimal("35.5")));
        find("in_texts", "metadata_in(metadata, ?, ?)", "optimizer.name", array("text", "sgd", "lion"));
        find("in_texts", "metadata_in(metadata, ?, ?)", "optimizer.name", array("varchar", "sgd", null));
        find("in_nothing", "metadata_in(metadata, ?, ?)", "effectiveness", array("int8"));
        find("not_in", "metadata_not_in(metadata, ?, ?)", "effectiveness", array("float8", 7.0, 35.5));
        find("lt", "metadata_lt(metadata, ?, ?)", "effectiveness", (short) 7);
        find("le", "metadata_le(metadata, ?, ?)", "effectiveness", 7.0f);
        find("gt", "metadata_gt(metadata, ?, ?)", "effectiveness", "20");
        find("ge", "metadata_ge(metadata, ?, ?)", "effectiveness", 20L);
        find("ge_instant", "metadata_ge(metadata, ?, ?)", "started", OffsetDateTime.parse("2024-01-01T02:30:00+02:00"));
        findBy("ge_instant", "metadata_ge(metadata, ?, ?)", s -> {
            s.setString(1, "started");
            s.setTimestamp(2, Timestamp.from(Instant.parse("2024-01-01T00:30:00Z")));
        });
        find("ge_day", "metadata_ge(metadata, ?, ?)", "started", LocalDate.of(2024, 3, 1));
        findBy("ge_day", "metadata_ge(metadata, ?, ?)", s -> {
            s.setString(1, "started");
            s.setDate(2, Date.valueOf("2024-03-01"));
        });
        find("between_numbers", "metadata_between(metadata, ?, ?, ?)", "effectiveness", 7, new BigDecimal(20));
        find("between_days", "metadata_between(metadata, ?, ?, ?)", "started", LocalDate.of(2024, 1, 1), LocalDate.of(2024, 1, 31));
        findBy("between_days", "metadata_between(metadata, ?, ?, ?)", s -> {
            s.setString(1, "started");
            s.setDate(2, Date.valueOf("2024-01-01"));
            s.setDate(3, Date.valueOf("2024-01-31"));
        });
        find("contains", "metadata_contains(metadata, ?, ?)", "notes", "100%");
        find("contains_quotes", "metadata_contains(metadata, ?, ?)", "notes", "\"warm\" and 'hot' \\");
        find("not_contains", "metadata_not_contains(metadata, ?, ?)", "notes", "arm");
        find("icontains", "metadata_icontains(metadata, ?, ?)", "notes", "GRÖSSER");
        find("starts_with", "metadata_starts_with(metadata, ?, ?)", "notes", "Warm");
        find("is_empty", "metadata_is_empty(metadata, ?) AND metadata_not_empty(metadata, ?)", "tags", "notes");
        find("not_empty", "metadata_not_empty(metadata, ?)", "tags");
        find("filter", "metadata @~ ?", "effectiveness >= 20 and optimizer.name is not \"adam\"");
        find("webui", "metadata @~ ?", WEBUI);

        try (PreparedStatement page = conn.prepareStatement(
                "SELECT run_id, metadata FROM runs_metadata WHERE metadata_gt(metadata, ?, ?)"
                + " ORDER BY metadata_sort(metadata, ?) DESC NULLS LAST, run_id LIMIT 2 OFFSET 1")) {
            page.setString(1, "effectiveness");
            page.setBigDecimal(2, BigDecimal.ZERO);
            page.setString(3, "effectiveness");
            check("sort", page);
        }
        query("count", "SELECT count(*) FROM runs_metadata WHERE metadata_not_empty(metadata, ?)", s -> s.setString(1, "effectiveness"));
        query("search", "SELECT run_id, metadata, total FROM search_run_metadata(?, ?, ?, ?)", s -> {
            s.setString(1, "effectiveness is not empty");
            s.setString(2, "metadata.effectiveness=desc");
            s.setInt(3, 2);
            s.setLong(4, 1);
        });
        postAndFind();
    }

    static void postAndFind() throws SQLException {
        try (PreparedStatement post = conn.prepareStatement("SELECT post_run_metadata(?, ?::jsonb)");
             PreparedStatement get = conn.prepareStatement("SELECT get_run_metadata(?)")) {
            post.setLong(1, 900);
            post.setString(2, "{\"effectiveness\": 900}");
            post.executeQuery().close();
            get.setLong(1, 900);
            try (ResultSet row = get.executeQuery()) {
                row.next();
                if (!row.getString(1).equals("{\"effectiveness\": 900}")) {
                    throw new SQLException("get_run_metadata returned " + row.getString(1));
                }
            }
            find("post", "metadata_is(metadata, ?, ?)", "effectiveness", 900);
            post.setNull(2, Types.VARCHAR);
            post.executeQuery().close();
        }
    }

    public static void main(String[] args) throws SQLException {
        conn = DriverManager.getConnection(System.getenv("JDBC_URL"), System.getenv("PGUSER"), System.getenv("PGPASSWORD"));
        runCases();
        try (PreparedStatement finish = conn.prepareStatement("SELECT finish('jdbc')"); ResultSet lines = finish.executeQuery()) {
            while (lines.next()) {
                System.out.println(lines.getString(1));
                failed |= lines.getString(1).startsWith("not ok");
            }
        }
        conn.close();
        System.exit(failed ? 1 : 0);
    }
}
