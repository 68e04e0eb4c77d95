"""What the programs in Python share: answers, a filter of the WebUI."""
import sys

WEBUI = {
    "filterGroup": {
        "kind": "group",
        "conjunction": "and",
        "children": [
            {"kind": "field", "columnName": "metadata.effectiveness", "location": "LOCATION_TYPE_RUN_METADATA",
             "type": "COLUMN_TYPE_NUMBER", "operator": ">=", "value": 20},
            {"kind": "field", "columnName": "metadata.tags", "location": "LOCATION_TYPE_RUN_METADATA",
             "type": "COLUMN_TYPE_ARRAY", "operator": "notEmpty", "value": None},
        ],
    },
    "showArchived": False,
}


class Harness:
    """Runs cases, and prints what the server thinks of the runs that were found."""

    def __init__(self, client, plans, ask):
        """plans: the list in which the client's connection keeps notices; ask: runs SQL with %s, returns rows."""
        self.client = client
        self.plans = plans
        self.ask = ask
        self.failed = False

    def check(self, name, query):
        del self.plans[:]
        runs = [row[0] for row in query()]
        verdict = self.ask("SELECT check_case(%s, %s, %s::bigint[], %s)",
                           (self.client, name, runs, "".join(map(str, self.plans))))[0][0]
        self.failed |= not verdict.startswith("ok")
        print(verdict, flush=True)

    def finish(self):
        lines = [row[0] for row in self.ask("SELECT finish(%s)", (self.client,))]
        print("\n".join(lines))
        sys.exit(1 if self.failed or len(lines) > 1 else 0)
