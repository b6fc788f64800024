/**
 * Tables that were there before the first migration that is kept, by the name of the database: the columns that later migrations
 * speak of, under the types they imply.
 */
export const standInTables: Readonly<Record<string, string>> = {
  'memos: store (postgresql)': `CREATE TABLE "user" (id SERIAL PRIMARY KEY, username TEXT NOT NULL UNIQUE, role TEXT NOT NULL DEFAULT 'USER', email TEXT NOT NULL DEFAULT '');
    CREATE TABLE user_setting (user_id INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (user_id, key));
    CREATE TABLE system_setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, description TEXT NOT NULL);
    CREATE TABLE memo (id SERIAL PRIMARY KEY, creator_id INTEGER NOT NULL, content TEXT NOT NULL);
    CREATE TABLE memo_organizer (memo_id INTEGER NOT NULL, user_id INTEGER NOT NULL, pinned INTEGER NOT NULL DEFAULT 0, UNIQUE (memo_id, user_id));
    CREATE TABLE resource (id SERIAL PRIMARY KEY, filename TEXT NOT NULL, internal_path TEXT NOT NULL DEFAULT '', external_link TEXT NOT NULL DEFAULT '');
    CREATE TABLE tag (name TEXT NOT NULL, creator_id INTEGER NOT NULL, UNIQUE (name, creator_id));
    CREATE TABLE activity (id SERIAL PRIMARY KEY, type TEXT NOT NULL DEFAULT '', payload JSONB NOT NULL DEFAULT '{}');
    CREATE TABLE inbox (id SERIAL PRIMARY KEY, message TEXT NOT NULL);
    CREATE TABLE idp (id SERIAL PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE webhook (id SERIAL PRIMARY KEY, url TEXT NOT NULL)`,
  'memos: store (mysql)': `CREATE TABLE user (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, username VARCHAR(256) NOT NULL UNIQUE, role VARCHAR(256) NOT NULL DEFAULT 'USER', avatar_url TEXT NOT NULL);
    CREATE TABLE user_setting (user_id INT NOT NULL, \`key\` VARCHAR(256) NOT NULL, value TEXT NOT NULL, UNIQUE (user_id, \`key\`));
    CREATE TABLE system_setting (name VARCHAR(256) NOT NULL PRIMARY KEY, value TEXT NOT NULL, description TEXT NOT NULL);
    CREATE TABLE memo (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, creator_id INT NOT NULL, content TEXT NOT NULL);
    CREATE TABLE memo_organizer (memo_id INT NOT NULL, user_id INT NOT NULL, pinned INT NOT NULL DEFAULT 0, UNIQUE (memo_id, user_id));
    CREATE TABLE resource (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, filename TEXT NOT NULL, internal_path TEXT NOT NULL, external_link TEXT NOT NULL);
    CREATE TABLE tag (name VARCHAR(256) NOT NULL, creator_id INT NOT NULL, UNIQUE (name, creator_id));
    CREATE TABLE activity (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, payload TEXT NOT NULL);
    CREATE TABLE idp (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, name TEXT NOT NULL)`,
  'memos: store (sqlite)': `CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, created_ts BIGINT NOT NULL DEFAULT 0, updated_ts BIGINT NOT NULL DEFAULT 0, row_status TEXT NOT NULL DEFAULT 'NORMAL', email TEXT NOT NULL UNIQUE, role TEXT NOT NULL DEFAULT 'USER', name TEXT NOT NULL, password_hash TEXT NOT NULL, open_id TEXT NOT NULL UNIQUE);
    CREATE TABLE memo (id INTEGER PRIMARY KEY AUTOINCREMENT, creator_id INTEGER NOT NULL REFERENCES user (id), created_ts BIGINT NOT NULL DEFAULT 0, updated_ts BIGINT NOT NULL DEFAULT 0, row_status TEXT NOT NULL DEFAULT 'NORMAL', content TEXT NOT NULL DEFAULT '');
    CREATE TABLE memo_organizer (id INTEGER PRIMARY KEY AUTOINCREMENT, memo_id INTEGER NOT NULL, user_id INTEGER NOT NULL, pinned INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE shortcut (id INTEGER PRIMARY KEY AUTOINCREMENT, creator_id INTEGER NOT NULL, created_ts BIGINT NOT NULL DEFAULT 0, updated_ts BIGINT NOT NULL DEFAULT 0, row_status TEXT NOT NULL DEFAULT 'NORMAL', title TEXT NOT NULL DEFAULT '', payload TEXT NOT NULL DEFAULT '{}');
    CREATE TABLE resource (id INTEGER PRIMARY KEY AUTOINCREMENT, creator_id INTEGER NOT NULL, created_ts BIGINT NOT NULL DEFAULT 0, updated_ts BIGINT NOT NULL DEFAULT 0, filename TEXT NOT NULL DEFAULT '', blob BLOB DEFAULT NULL, type TEXT NOT NULL DEFAULT '', size INTEGER NOT NULL DEFAULT 0)`,
  'temporal: temporal (sqlite)': 'CREATE TABLE current_executions (shard_id INT NOT NULL, namespace_id BINARY(16) NOT NULL, workflow_id VARCHAR(255) NOT NULL, run_id BINARY(16) NOT NULL, PRIMARY KEY (shard_id, namespace_id, workflow_id))',
};
