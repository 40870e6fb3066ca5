#include "accounts/oauth/file_fetcher.h"

#include "files/file.h"

namespace restante::accounts::oauth {
namespace {

class FileFetcher : public Fetcher {
 public:
  explicit FileFetcher(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  Result<std::string> fetch(const HttpRequest& request) override {
    // One octet more, so that a longer file is seen.
    auto text = files::read_file(request.url, bytes_max_ + 1);
    if (!text) return files::as_io(std::move(text).error());
    if (text->size() > bytes_max_) return Error(Errc::kLimit, request.url + ": is too long");
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
