#include "accounts/oauth/file_fetcher.h"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace restante::accounts::oauth {
namespace {

class FileFetcher : public Fetcher {
 public:
  explicit FileFetcher(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  Result<std::string> fetch(const HttpRequest& request) override {
    std::ifstream file(request.url, std::ios::binary);
    if (!file) return Error(Errc::kIo, request.url + ": " + std::strerror(errno));
    std::string text(bytes_max_ + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return Error(Errc::kIo, request.url + ": cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max_) return Error(Errc::kLimit, request.url + ": is too long");
    return text;
  }

 private:
  const std::size_t bytes_max_;
};

}  // namespace

std::unique_ptr<Fetcher> make_file_fetcher(std::size_t bytes_max) {
  return std::make_unique<FileFetcher>(bytes_max);
}

}  // namespace restante::accounts::oauth
