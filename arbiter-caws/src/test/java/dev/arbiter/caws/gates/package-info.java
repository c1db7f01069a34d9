/* SPDX-License-Identifier: Apache-2.0 */

/** Tests. */
@NullMarked
package dev.arbiter.caws.gates;

import org.jspecify.annotations.NullMarked;
