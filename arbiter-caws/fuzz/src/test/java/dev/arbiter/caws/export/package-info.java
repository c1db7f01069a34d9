/* SPDX-License-Identifier: Apache-2.0 */

/** Parsers under fuzzing. */
@NullMarked
package dev.arbiter.caws.export;

import org.jspecify.annotations.NullMarked;
