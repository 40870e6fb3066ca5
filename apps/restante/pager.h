// Long text for people, through their pager: while it lives, stdout goes there. On a terminal only.
#pragma once

#include <sys/types.h>

#include "restante/context.h"

namespace restante::cli {

class Pager {
 public:
  /// Starts $PAGER, or less, when the context wants one and there is one.
  explicit Pager(const Context& context);
  /// Waits until the person has closed it.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

 private:
  pid_t child_ = -1;
  int stdout_ = -1;
};

}  // namespace restante::cli
