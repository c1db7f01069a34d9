/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What the packages of this module share and nobody else sees: files, JSON, hash chains, sparse log
 * lines.
 */
@NullMarked
package dev.arbiter.tracker.internal;

import org.jspecify.annotations.NullMarked;
