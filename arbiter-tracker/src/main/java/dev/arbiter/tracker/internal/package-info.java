/* SPDX-License-Identifier: Apache-2.0 */

/** What several packages of this module share; not exported. */
@NullMarked
package dev.arbiter.tracker.internal;

import org.jspecify.annotations.NullMarked;
