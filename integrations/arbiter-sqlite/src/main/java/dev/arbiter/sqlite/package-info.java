/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Keeps the tasks of one arbiter in one SQLite file.
 *
 * <p>Start at {@link SqliteStore}.
 */
@NullMarked
package dev.arbiter.sqlite;

import org.jspecify.annotations.NullMarked;
