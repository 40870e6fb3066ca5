// Descriptors that a process was given and must not keep.
#pragma once

namespace restante::process {

/// Closes those of `first` to `last`, also where the kernel has no close_range() or a filter
/// refuses it. For a process of one thread. False: some may be open.
bool close_descriptors(unsigned first, unsigned last);

}  // namespace restante::process
