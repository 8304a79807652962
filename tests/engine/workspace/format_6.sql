PRAGMA application_id = 1179863124;
PRAGMA user_version = 6;
PRAGMA journal_mode = WAL;
BEGIN TRANSACTION;
CREATE TABLE class (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    color TEXT NOT NULL CHECK (color GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    key TEXT NOT NULL DEFAULT '' CHECK (length(key) <= 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO "class" VALUES(1,'ant','#0072b2','1',0);
INSERT INTO "class" VALUES(2,'bee','#e69f00','2',1);
CREATE TABLE class_log (
            step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
            side INTEGER NOT NULL,
            id INTEGER NOT NULL,
            name TEXT, color TEXT, key TEXT, position INTEGER,
            PRIMARY KEY (step, id, side)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "class_log" VALUES(1,1,1,'ant','#0072b2','1',0);
INSERT INTO "class_log" VALUES(2,1,2,'bee','#e69f00','2',1);
INSERT INTO "class_log" VALUES(8,0,2,'bee','#e69f00','2',1);
INSERT INTO "class_log" VALUES(8,1,2,'wasp','#e69f00','2',1);
CREATE TABLE home (id INTEGER PRIMARY KEY AUTOINCREMENT, folder BLOB NOT NULL UNIQUE) STRICT;
INSERT INTO "home" VALUES(1,X'2F70726F6A65637473');
CREATE TABLE label (
    picture_id INTEGER PRIMARY KEY REFERENCES picture ON DELETE CASCADE,
    class_id INTEGER NOT NULL REFERENCES class ON DELETE CASCADE,
    source TEXT NOT NULL CHECK (source IN ('human', 'model', 'import')),
    time REAL NOT NULL,
    run_id INTEGER REFERENCES run
) STRICT;
INSERT INTO "label" VALUES(1,2,'human',1700000001.0,NULL);
INSERT INTO "label" VALUES(2,1,'model',1700000004.0,1);
CREATE TABLE label_log (
            step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
            side INTEGER NOT NULL,
            picture_id INTEGER NOT NULL,
            class_id INTEGER, source TEXT, time REAL, run_id INTEGER,
            PRIMARY KEY (step, picture_id, side)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "label_log" VALUES(4,1,1,1,'human',1700000000.0,NULL);
INSERT INTO "label_log" VALUES(5,0,1,1,'human',1700000000.0,NULL);
INSERT INTO "label_log" VALUES(5,1,1,2,'human',1700000001.0,NULL);
INSERT INTO "label_log" VALUES(6,1,2,1,'model',1700000004.0,1);
CREATE TABLE picture (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    error TEXT,
    size INTEGER,
    mtime_ns INTEGER,
    content BLOB
) STRICT;
INSERT INTO "picture" VALUES(1,X'2F70696374757265732F612E6A7067',NULL,5,17,X'000102030405060708090A0B0C0D0E0F');
INSERT INTO "picture" VALUES(2,X'2F70696374757265732F622E6A7067',NULL,NULL,NULL,NULL);
CREATE TABLE picture_log (
            step INTEGER NOT NULL REFERENCES step ON DELETE CASCADE,
            side INTEGER NOT NULL,
            id INTEGER NOT NULL,
            path BLOB, error TEXT, size INTEGER, mtime_ns INTEGER, content BLOB,
            PRIMARY KEY (step, id, side)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "picture_log" VALUES(3,1,1,X'2F70696374757265732F612E6A7067',NULL,5,17,NULL);
INSERT INTO "picture_log" VALUES(3,1,2,X'2F70696374757265732F622E6A7067',NULL,NULL,NULL,NULL);
INSERT INTO "picture_log" VALUES(3,1,3,X'2F70696374757265732F632E6A7067',NULL,NULL,NULL,NULL);
INSERT INTO "picture_log" VALUES(7,0,3,X'2F70696374757265732F632E6A7067',NULL,NULL,NULL,NULL);
CREATE TABLE prediction_batch (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
    picture_ids BLOB NOT NULL,
    probabilities BLOB NOT NULL
) STRICT;
INSERT INTO "prediction_batch" VALUES(1,1,X'02000000000000000300000000000000',X'0000403F0000803E0000003F0000003F');
CREATE TABLE recording (step INTEGER NOT NULL REFERENCES step) STRICT;
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    algorithm TEXT NOT NULL,
    backbone TEXT NOT NULL,
    device TEXT NOT NULL,
    options TEXT NOT NULL DEFAULT '{}',
    seed INTEGER NOT NULL,
    class_ids TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'cancelled', 'failed')),
    message TEXT NOT NULL DEFAULT '',
    started REAL NOT NULL,
    finished REAL,
    record TEXT NOT NULL DEFAULT '{}'
) STRICT;
INSERT INTO "run" VALUES(1,'prototypical','conv4','cpu','{}',0,'[1, 2]','finished','',1700000002.0,1700000003.0,'{}');
CREATE TABLE setting (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT;
CREATE TABLE step (id INTEGER PRIMARY KEY, title TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0, time REAL, past INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "step" VALUES(1,'Add class “ant”',0,1700000000.0,0);
INSERT INTO "step" VALUES(2,'Add class “bee”',0,1700000000.0,0);
INSERT INTO "step" VALUES(3,'Add 3 pictures',0,1700000000.0,0);
INSERT INTO "step" VALUES(4,'Label 1 picture',0,1700000000.0,0);
INSERT INTO "step" VALUES(5,'Label 1 picture',0,1700000001.0,0);
INSERT INTO "step" VALUES(6,'Label 1 picture',0,1700000004.0,0);
INSERT INTO "step" VALUES(7,'Remove 1 picture',0,1700000004.0,0);
INSERT INTO "step" VALUES(8,'Rename class to “wasp”',1,1700000004.0,0);
CREATE INDEX picture_unreadable ON picture(id) WHERE error IS NOT NULL;
CREATE INDEX label_class ON label(class_id);
CREATE INDEX prediction_batch_run ON prediction_batch(run_id);
CREATE INDEX step_not_past ON step(id) WHERE NOT past;
CREATE INDEX label_log_picture ON label_log(picture_id);
CREATE TRIGGER class_insert AFTER INSERT ON class WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO class_log(step, side, id, name, color, key, position) SELECT step, 1, NEW.id, NEW.name, NEW.color, NEW.key, NEW.position FROM recording; END;
CREATE TRIGGER class_update AFTER UPDATE ON class WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO class_log(step, side, id, name, color, key, position) SELECT step, 0, OLD.id, OLD.name, OLD.color, OLD.key, OLD.position FROM recording WHERE NOT EXISTS (SELECT 1 FROM class_log WHERE step = (SELECT step FROM recording) AND id = OLD.id);DELETE FROM class_log WHERE step = (SELECT step FROM recording) AND id = OLD.id AND side = 1;INSERT INTO class_log(step, side, id, name, color, key, position) SELECT step, 1, NEW.id, NEW.name, NEW.color, NEW.key, NEW.position FROM recording; END;
CREATE TRIGGER class_delete AFTER DELETE ON class WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO class_log(step, side, id, name, color, key, position) SELECT step, 0, OLD.id, OLD.name, OLD.color, OLD.key, OLD.position FROM recording WHERE NOT EXISTS (SELECT 1 FROM class_log WHERE step = (SELECT step FROM recording) AND id = OLD.id);DELETE FROM class_log WHERE step = (SELECT step FROM recording) AND id = OLD.id AND side = 1; END;
CREATE TRIGGER picture_insert AFTER INSERT ON picture WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO picture_log(step, side, id, path, error, size, mtime_ns, content) SELECT step, 1, NEW.id, NEW.path, NEW.error, NEW.size, NEW.mtime_ns, NEW.content FROM recording; END;
CREATE TRIGGER picture_update AFTER UPDATE ON picture WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO picture_log(step, side, id, path, error, size, mtime_ns, content) SELECT step, 0, OLD.id, OLD.path, OLD.error, OLD.size, OLD.mtime_ns, OLD.content FROM recording WHERE NOT EXISTS (SELECT 1 FROM picture_log WHERE step = (SELECT step FROM recording) AND id = OLD.id);DELETE FROM picture_log WHERE step = (SELECT step FROM recording) AND id = OLD.id AND side = 1;INSERT INTO picture_log(step, side, id, path, error, size, mtime_ns, content) SELECT step, 1, NEW.id, NEW.path, NEW.error, NEW.size, NEW.mtime_ns, NEW.content FROM recording; END;
CREATE TRIGGER picture_delete AFTER DELETE ON picture WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO picture_log(step, side, id, path, error, size, mtime_ns, content) SELECT step, 0, OLD.id, OLD.path, OLD.error, OLD.size, OLD.mtime_ns, OLD.content FROM recording WHERE NOT EXISTS (SELECT 1 FROM picture_log WHERE step = (SELECT step FROM recording) AND id = OLD.id);DELETE FROM picture_log WHERE step = (SELECT step FROM recording) AND id = OLD.id AND side = 1; END;
CREATE TRIGGER label_insert AFTER INSERT ON label WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO label_log(step, side, picture_id, class_id, source, time, run_id) SELECT step, 1, NEW.picture_id, NEW.class_id, NEW.source, NEW.time, NEW.run_id FROM recording; END;
CREATE TRIGGER label_update AFTER UPDATE ON label WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO label_log(step, side, picture_id, class_id, source, time, run_id) SELECT step, 0, OLD.picture_id, OLD.class_id, OLD.source, OLD.time, OLD.run_id FROM recording WHERE NOT EXISTS (SELECT 1 FROM label_log WHERE step = (SELECT step FROM recording) AND picture_id = OLD.picture_id);DELETE FROM label_log WHERE step = (SELECT step FROM recording) AND picture_id = OLD.picture_id AND side = 1;INSERT INTO label_log(step, side, picture_id, class_id, source, time, run_id) SELECT step, 1, NEW.picture_id, NEW.class_id, NEW.source, NEW.time, NEW.run_id FROM recording; END;
CREATE TRIGGER label_delete AFTER DELETE ON label WHEN EXISTS (SELECT 1 FROM recording) BEGIN INSERT INTO label_log(step, side, picture_id, class_id, source, time, run_id) SELECT step, 0, OLD.picture_id, OLD.class_id, OLD.source, OLD.time, OLD.run_id FROM recording WHERE NOT EXISTS (SELECT 1 FROM label_log WHERE step = (SELECT step FROM recording) AND picture_id = OLD.picture_id);DELETE FROM label_log WHERE step = (SELECT step FROM recording) AND picture_id = OLD.picture_id AND side = 1; END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('home',1);
INSERT INTO "sqlite_sequence" VALUES('class',2);
INSERT INTO "sqlite_sequence" VALUES('picture',3);
INSERT INTO "sqlite_sequence" VALUES('run',1);
COMMIT;
