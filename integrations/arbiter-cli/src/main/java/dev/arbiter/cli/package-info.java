/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The program {@code arbiter}.
 *
 * <p>Start at {@link dev.arbiter.cli.ArbiterCli}.
 */
@NullMarked
package dev.arbiter.cli;

import org.jspecify.annotations.NullMarked;
