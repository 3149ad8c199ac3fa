"""The tables of the history file, as steps from one version to the next."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x52416C73
"""`RAls`, in the header of the file: it is ours."""

STEPS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE runs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        history_id TEXT NOT NULL UNIQUE,
        run_id TEXT,
        writer TEXT NOT NULL,
        kind TEXT NOT NULL,
        tag TEXT NOT NULL,
        project_root TEXT,
        config_path TEXT,
        agent_id TEXT,
        inputs TEXT NOT NULL,
        inputs_cut INTEGER NOT NULL DEFAULT 0,
        target TEXT,
        git_commit TEXT,
        interpreter TEXT,
        labels TEXT,
        state TEXT NOT NULL DEFAULT 'running',
        started_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        ended_at REAL,
        elapsed_ms REAL,
        first_chunk_ms REAL,
        chunks INTEGER NOT NULL DEFAULT 0,
        dropped_chunks INTEGER NOT NULL DEFAULT 0,
        stored_bytes INTEGER NOT NULL DEFAULT 0,
        result TEXT,
        result_cut_from INTEGER,
        error TEXT,
        stopped INTEGER,
        attempts INTEGER NOT NULL DEFAULT 1,
        pinned INTEGER NOT NULL DEFAULT 0,
        redacted INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX runs_by_time ON runs (started_at, seq);
    CREATE INDEX runs_by_tag ON runs (tag, started_at);
    CREATE INDEX runs_running ON runs (writer) WHERE state = 'running';
    CREATE TABLE blocks (
        seq INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
        first INTEGER NOT NULL,
        count INTEGER NOT NULL,
        times TEXT NOT NULL,
        types TEXT NOT NULL,
        items TEXT NOT NULL,
        bytes INTEGER NOT NULL
    );
    CREATE UNIQUE INDEX blocks_by_run ON blocks (run, first);
    """,
    """
    CREATE TABLE documents (
        run INTEGER PRIMARY KEY REFERENCES runs (seq) ON DELETE CASCADE,
        inputs TEXT NOT NULL,
        output TEXT NOT NULL,
        error TEXT NOT NULL,
        indexed INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX documents_not_indexed ON documents (run) WHERE indexed = 0;
    INSERT INTO documents (run, inputs, output, error)
        SELECT seq, inputs, coalesce(result, ''), coalesce(error, '') FROM runs;
    """,
)
"""What brings the file from version N to N + 1."""

VERSION: Final = len(STEPS)
