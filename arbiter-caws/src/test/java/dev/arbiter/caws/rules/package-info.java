/* SPDX-License-Identifier: Apache-2.0 */

/** Tests. */
@NullMarked
package dev.arbiter.caws.rules;

import org.jspecify.annotations.NullMarked;
