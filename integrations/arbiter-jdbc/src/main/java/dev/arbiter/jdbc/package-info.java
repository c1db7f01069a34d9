/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Keeps tasks in a PostgreSQL database.
 *
 * <p>Start at {@link JdbcStore}.
 */
@NullMarked
package dev.arbiter.jdbc;

import org.jspecify.annotations.NullMarked;
