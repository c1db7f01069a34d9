/* SPDX-License-Identifier: Apache-2.0 */

/** A storage of one's own: files that are preallocated, and only appended to. */
@NullMarked
package dev.arbiter.example.storage;

import org.jspecify.annotations.NullMarked;
