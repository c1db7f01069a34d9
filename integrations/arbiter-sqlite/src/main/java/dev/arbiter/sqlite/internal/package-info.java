/* SPDX-License-Identifier: Apache-2.0 */
/** The file and its owner; shared with the command line tool, which reads it. */
@NullMarked
package dev.arbiter.sqlite.internal;

import org.jspecify.annotations.NullMarked;
