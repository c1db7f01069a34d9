/* SPDX-License-Identifier: Apache-2.0 */

/** Runs the program in one piece. */
@NullMarked
package dev.arbiter.cli;

import org.jspecify.annotations.NullMarked;
