#include "maildrop/doors/open.h"

#include "maildrop/log/log_store.h"

namespace restante::maildrop {

Result<std::unique_ptr<Store>> open_store(disk::Disk& disk, StoreSettings settings) {
  switch (settings.back_end) {
    case BackEnd::kLog: return open_log_store(disk, log::LogStoreSettings(std::move(settings)));
  }
  return Error(Errc::kState, "unknown maildrop back end");
}

}  // namespace restante::maildrop
