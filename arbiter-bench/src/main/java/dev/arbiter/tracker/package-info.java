/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Opens parts of the tracker that its API hides, to benchmarks only.
 *
 * <p>On the class path this is one package with the tracker's own.
 */
@NullMarked
package dev.arbiter.tracker;

import org.jspecify.annotations.NullMarked;
