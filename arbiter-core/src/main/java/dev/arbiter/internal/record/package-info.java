/* SPDX-License-Identifier: Apache-2.0 */

/** What a store keeps of tasks, as bytes. For Arbiter's own modules only. */
@NullMarked
package dev.arbiter.internal.record;

import org.jspecify.annotations.NullMarked;
