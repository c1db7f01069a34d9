/* SPDX-License-Identifier: Apache-2.0 */

/** Parsers under fuzzing. */
@NullMarked
package dev.arbiter.caws;

import org.jspecify.annotations.NullMarked;
