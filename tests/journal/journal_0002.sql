BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE marker (
	id INTEGER NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	written_at DATETIME NOT NULL, 
	removed BOOLEAN NOT NULL, 
	replaces INTEGER, 
	marked_day DATE NOT NULL, 
	note TEXT NOT NULL, 
	kpi VARCHAR(200), begins_anew BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(replaces) REFERENCES marker (id)
);
INSERT INTO "marker" VALUES(1,'Ana','2026-02-03 10:00:00.000000',0,NULL,'2026-02-01','New macros',NULL,1);
CREATE TABLE saved_view (
	id INTEGER NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	written_at DATETIME NOT NULL, 
	removed BOOLEAN NOT NULL, 
	replaces INTEGER, 
	name VARCHAR(200) NOT NULL, 
	page VARCHAR(200) NOT NULL, 
	query_string TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(replaces) REFERENCES saved_view (id)
);
INSERT INTO "saved_view" VALUES(1,'Bo','2026-02-03 11:00:00.000000',0,NULL,'Monday','overview','period=2026-W05');
CREATE TABLE target_change (
	id INTEGER NOT NULL, 
	who VARCHAR(200) NOT NULL, 
	written_at DATETIME NOT NULL, 
	removed BOOLEAN NOT NULL, 
	replaces INTEGER, 
	kpi VARCHAR(200) NOT NULL, 
	segment JSON NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	kind_values JSON NOT NULL, 
	from_date DATE, 
	because TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(replaces) REFERENCES target_change (id)
);
COMMIT;
