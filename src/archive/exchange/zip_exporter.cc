#include "archive/exchange/zip_exporter.h"

#include <fcntl.h>
#include <zip.h>

#include <algorithm>
#include <cstring>

#include "archive/exchange/exported_state.h"
#include "archive/mailbox/line_form.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {
namespace {

constexpr std::size_t kPieceBytes = 64U << 10;

/// One message as libzip asks for it: open, read, close.
class MessageSource {
 public:
  MessageSource(Path file, LineForm form, std::int64_t arrived)
      : file_(std::move(file)), form_(form), arrived_(arrived) {
    zip_error_init(&error_);
  }
  ~MessageSource() { zip_error_fini(&error_); }
  MessageSource(const MessageSource&) = delete;
  MessageSource& operator=(const MessageSource&) = delete;

  static zip_int64_t call(void* self, void* data, zip_uint64_t bytes, zip_source_cmd_t command) {
    auto* const source = static_cast<MessageSource*>(self);
    switch (static_cast<int>(command)) {  // The others are for other kinds of sources.
      case ZIP_SOURCE_OPEN: return source->open();
      case ZIP_SOURCE_READ: return source->read(static_cast<char*>(data), bytes);
      case ZIP_SOURCE_CLOSE: source->opened_ = Descriptor(); return 0;
      case ZIP_SOURCE_STAT: return source->stat(static_cast<zip_stat_t*>(data));
      case ZIP_SOURCE_ERROR: return zip_error_to_data(&source->error_, data, bytes);
      case ZIP_SOURCE_FREE: delete source; return 0;
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
                                              -1);
      default: return source->fail(ZIP_ER_OPNOTSUPP);
    }
  }

 private:
  zip_int64_t fail(int code) {
    zip_error_set(&error_, code, 0);
    return -1;
  }

  zip_int64_t open() {
    auto opened = open_file(file_, O_RDONLY);
    if (!opened) return fail(ZIP_ER_OPEN);
    // libzip opens a source twice: for its size, and for its octets.
    opened_ = std::move(*opened);
    ready_.clear();
    at_ = 0;
    return 0;
  }

  zip_int64_t read(char* target, zip_uint64_t bytes) {
    if (at_ == ready_.size()) {
      std::string buffer(kPieceBytes, '\0');
      const auto piece = read_some(opened_, buffer, file_);
      if (!piece) return fail(ZIP_ER_READ);
      ready_.clear();
      at_ = 0;
      // As received, unlike in an mbox: a checksum of the member is then the message's own.
      if (form_ == LineForm::kLf) {
        append_received_form(*piece, ready_);
      } else {
        ready_.append(*piece);
      }
    }
    const std::size_t count = std::min<std::size_t>(bytes, ready_.size() - at_);
    std::memcpy(target, ready_.data() + at_, count);
    at_ += count;
    return static_cast<zip_int64_t>(count);
  }

  zip_int64_t stat(zip_stat_t* result) const {
    zip_stat_init(result);
    result->mtime = static_cast<time_t>(arrived_);
    result->valid = ZIP_STAT_MTIME;
    return sizeof *result;
  }

  const Path file_;
  const LineForm form_;
  const std::int64_t arrived_;
  Descriptor opened_;
  std::string ready_;
  std::size_t at_ = 0;
  zip_error_t error_;
};

class ZipExporter : public Exporter {
 public:
  ZipExporter(Path path, zip_t* zip) : path_(std::move(path)), zip_(zip) {}
  ~ZipExporter() override {
    // Half a zip is none, and leaves no file.
    if (zip_ != nullptr) zip_discard(zip_);
  }

  Result<Given> add(const Path& archive, const Entry& entry) override {
    const Path source = file_of(archive, entry);
    RESTANTE_TRY(const Judged judged, judge_file(source, entry.sha256));
    zip_source_t* const made = zip_source_function(
        zip_, MessageSource::call, new MessageSource(source, judged.form, entry.arrived));
    if (made == nullptr) return failure();
    const std::string name = entry.account + "/" + eml_name(entry);
    const zip_int64_t number = zip_file_add(zip_, name.c_str(), made, ZIP_FL_ENC_UTF_8);
    if (number < 0) {
      // Added, it is libzip's; refused, it is still ours.
      zip_source_free(made);
      return failure();
    }
    // In the member's comment: a zip has no place for flags, and a file beside them would not
    // follow a member that is moved.
    const std::string state = exported_state_line(entry.sha256, entry.flags, entry.arrived);
    if (zip_file_set_comment(zip_, static_cast<zip_uint64_t>(number), state.data(),
                             static_cast<zip_uint16_t>(state.size()), 0) != 0)
      return failure();
    return judged.damaged ? Given::kDamaged : Given::kWhole;
  }

  Status finish() override {
    if (zip_close(zip_) != 0) return failure();
    zip_ = nullptr;
    // libzip does not sync what it writes.
    RESTANTE_TRY(const Descriptor file, open_file(path_, O_RDONLY));
    return sync_data(file, path_);
  }

 private:
  Error failure() {
    const bool exists = zip_error_code_zip(zip_get_error(zip_)) == ZIP_ER_EXISTS;
    return Error(exists ? Errc::kExists : Errc::kIo, path_.string() + ": " + zip_strerror(zip_));
  }

  const Path path_;
  zip_t* zip_;
};

}  // namespace

Result<std::unique_ptr<Exporter>> open_zip_exporter(const Path& target) {
  int code = 0;
  // Never into a zip that is there: libzip would write it anew, and a full disk would take both.
  zip_t* const zip = zip_open(target.c_str(), ZIP_CREATE | ZIP_EXCL, &code);
  if (zip == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string what = target.string() + ": " + zip_error_strerror(&error);
    zip_error_fini(&error);
    return Error(code == ZIP_ER_EXISTS ? Errc::kExists : Errc::kIo, what);
  }
  return std::unique_ptr<Exporter>(new ZipExporter(target, zip));
}

}  // namespace restante::archive
