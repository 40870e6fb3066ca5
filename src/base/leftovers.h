// Wipes the copies of a secret that libraries leave: in memory they have freed, and on the stack
// below their callers. Memory functions for one that takes some (libcurl), and a way to overwrite
// the stack after a call of the others (libcrypt, libpam, libsodium's hashes).
//
// Weak: what a library frees by itself is out of reach (libldap, after a bind).
#pragma once

#include <cstddef>

namespace restante {

/// free(3), but what was there is overwritten first. nullptr: nothing.
void wiping_free(void* memory);
/// realloc(3), but the old place is overwritten when it is given up.
void* wiping_realloc(void* memory, std::size_t bytes);

/// Overwrites the stack that the caller's callees have used, 32 KiB deep: more than the libraries
/// named above need for a password, and little beside a thread's 8 MiB.
void wipe_stack();
/// The same 4 KiB deep: enough for a hash that asks for no memory of its own (BLAKE2), and cheap
/// enough for the polling path.
void wipe_shallow_stack();

}  // namespace restante
