// A key set that lies in a file, for issuers that are not asked over the network.
#pragma once

#include "accounts/oauth/fetcher.h"

namespace restante::accounts::oauth {

/// fetch() reads `request.url` as a path, up to `bytes_max`.
std::unique_ptr<Fetcher> make_file_fetcher(std::size_t bytes_max);

}  // namespace restante::accounts::oauth
