"""How SQLAlchemy's programs reach the table, with functions of ours and with operators of its own alike."""
import logging

from sqlalchemy import BigInteger, Column, MetaData, Table, create_engine
from sqlalchemy.dialects.postgresql import JSONB

from harness import Harness

engine = create_engine("postgresql://", isolation_level="AUTOCOMMIT", future=True)
runs = Table("runs_metadata", MetaData(), Column("run_id", BigInteger, primary_key=True),
             Column("metadata", JSONB, nullable=False))
conn = engine.connect()


def harness(client):
    # SQLAlchemy turns notices of the server into lines of a log.
    plans = []
    notices = logging.getLogger("sqlalchemy.dialects.postgresql")
    notices.setLevel(logging.INFO)
    notices.propagate = False
    keep = type("Keep", (logging.Handler,), {"emit": lambda self, record: plans.append(record.getMessage())})
    notices.addHandler(keep())
    return Harness(client, plans, lambda sql, values: conn.exec_driver_sql(sql, values).all())
