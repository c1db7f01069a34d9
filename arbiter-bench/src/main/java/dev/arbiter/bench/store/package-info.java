/* SPDX-License-Identifier: Apache-2.0 */
/** What it costs to keep tasks over a crash, beside a plain file. */
@NullMarked
package dev.arbiter.bench.store;

import org.jspecify.annotations.NullMarked;
