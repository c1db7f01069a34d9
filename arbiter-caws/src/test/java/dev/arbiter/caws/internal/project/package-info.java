/* SPDX-License-Identifier: Apache-2.0 */

@NullMarked
package dev.arbiter.caws.internal.project;

import org.jspecify.annotations.NullMarked;
