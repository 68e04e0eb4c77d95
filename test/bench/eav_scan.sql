-- Indexes for the key/value table of eav.sql that filters and sorting use best: on the key with each kind of value, and
-- the same for numbers after the project, which Determined's table does not have.

CREATE INDEX ON eav.runs_metadata_index (flat_key, integer_value) WHERE integer_value IS NOT NULL;
CREATE INDEX ON eav.runs_metadata_index (flat_key, float_value) WHERE float_value IS NOT NULL;
CREATE INDEX ON eav.runs_metadata_index (flat_key, boolean_value) WHERE boolean_value IS NOT NULL;
CREATE INDEX ON eav.runs_metadata_index (flat_key, string_value) WHERE string_value IS NOT NULL;
CREATE INDEX ON eav.runs_metadata_index (flat_key, timestamp_value) WHERE timestamp_value IS NOT NULL;
CREATE INDEX by_project_integer ON eav.runs_metadata_index (project_id, flat_key, integer_value) WHERE integer_value IS NOT NULL;
CREATE INDEX by_project_float ON eav.runs_metadata_index (project_id, flat_key, float_value) WHERE float_value IS NOT NULL;

VACUUM (ANALYZE) eav.runs_metadata_index;
