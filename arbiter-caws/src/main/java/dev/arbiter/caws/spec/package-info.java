/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Facts about working specs for the host: {@link Dialect}, {@link SpecOutline}. To check a spec,
 * see {@code dev.arbiter.caws.SpecValidator}.
 */
@NullMarked
package dev.arbiter.caws.spec;

import org.jspecify.annotations.NullMarked;
