/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Files, hash chains, checked bytes, JSON and distributions that the packages of this module share.
 */
@NullMarked
package dev.arbiter.tracker.internal;

import org.jspecify.annotations.NullMarked;
