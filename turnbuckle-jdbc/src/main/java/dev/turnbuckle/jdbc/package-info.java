/** Storage in SQL: one set of statements, a small dialect for each database. */
@NullMarked
package dev.turnbuckle.jdbc;

import org.jspecify.annotations.NullMarked;
