const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Words that begin or join clauses, so that none of them is an expression or a bare alias. */
const clauses =
  'SELECT FROM WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH UNION INTERSECT EXCEPT INTO ON USING RETURNING SET WHEN THEN ELSE AND OR AS WINDOW FOR';

/** Words that are no expression by themselves. */
export const notExpressions = words('SELECT FROM WHERE GROUP ORDER HAVING LIMIT UNION INTERSECT EXCEPT INTO ON USING SET WHEN THEN ELSE AND OR AS FOR END JOIN INNER CROSS NATURAL IN IS LIKE BETWEEN WITH');

/** Words that no dialect takes for a bare name. */
export const notNames = words('SELECT FROM WHERE GROUP ORDER HAVING UNION ON AND OR SET INTO AS IN THEN WHEN ELSE JOIN');

/** Words that are never an alias without AS in a select list. */
export const notOutputAliases = words(
  `${clauses} END JOIN INNER CROSS NATURAL LEFT RIGHT FULL IN IS LIKE ILIKE BETWEEN NOT ISNULL NOTNULL COLLATE SIMILAR GLOB REGEXP RLIKE MATCH DIV MOD XOR OVERLAPS OPERATOR LOCK MINUS STRAIGHT_JOIN QUALIFY ESCAPE WITH`,
);

/** Words that are never a table's alias without AS. */
export const notTableAliases = words(
  `${clauses} JOIN INNER CROSS NATURAL LEFT RIGHT FULL OUTER LATERAL TABLESAMPLE USE FORCE IGNORE PARTITION INDEXED NOT LOCK STRAIGHT_JOIN VALUES DEFAULT ` +
    'WITH MINUS QUALIFY OVERRIDING END BETWEEN IN IS LIKE',
);

/** Functions that are called without brackets. */
export const bareFunctions = words(
  'CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURRENT_ROLE CURRENT_CATALOG CURRENT_SCHEMA SESSION_USER SYSTEM_USER LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP',
);

/** Words between the arguments of functions that take words for commas: `substring(a FROM 1 FOR 2)`. */
export const argumentWords = words('FROM FOR PLACING USING IN SEPARATOR ESCAPE');

/** Words before an argument that belong to the call: `count(DISTINCT a)`, `trim(BOTH FROM a)`. */
export const argumentMarks = words('DISTINCT ALL VARIADIC BOTH LEADING TRAILING DISTINCTROW');

/** Units of INTERVAL, TIMESTAMPDIFF and EXTRACT. */
export const units = words(
  'MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR SECOND_MICROSECOND MINUTE_MICROSECOND MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND ' +
    'HOUR_MINUTE DAY_MICROSECOND DAY_SECOND DAY_MINUTE DAY_HOUR YEAR_MONTH',
);

/** Words that lead a query or a change that may stand in brackets. */
export const queryVerbs = words('SELECT WITH VALUES TABLE INSERT UPDATE DELETE MERGE');

export const setOperators = words('UNION INTERSECT EXCEPT MINUS');
