#include "archive/reader/wire.h"

#include <cstring>
#include <type_traits>
#include <utility>

#include "base/ascii.h"

namespace restante::archive {
namespace {

// More items than any list that is read has.
constexpr std::uint64_t kItemsMax = 1U << 20;

class Packer {
 public:
  template <typename... Each>
  void operator()(const Each&... each) {
    (put(each), ...);
  }
  std::string take() { return std::move(out_); }

 private:
  template <typename Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  void put(const Number& number) {
    const auto wide = static_cast<std::uint64_t>(number);
    out_.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  void put(const std::string& text) {
    put(text.size());
    out_ += text;
  }
  void put(const std::optional<std::int64_t>& number) {
    put(number.has_value());
    put(number.value_or(0));
  }
  void put(const std::chrono::milliseconds& time) { put(time.count()); }
  template <typename Item>
  void put(const std::vector<Item>& items) {
    put(items.size());
    for (const Item& item : items) put(item);
  }
  template <typename Structure>
    requires std::is_class_v<Structure>
  void put(const Structure& structure) {
    describe(*this, structure);
  }

  std::string out_;
};

class Unpacker {
 public:
  enum class Texts : std::uint8_t { kUtf8, kAnyOctets };
  Unpacker(std::string_view in, Texts texts) : in_(in), texts_(texts) {}

  template <typename... Each>
  void operator()(Each&... each) {
    (get(each), ...);
  }
  [[nodiscard]] bool done() const { return sound_ && in_.empty(); }

 private:
  std::uint64_t number() {
    std::uint64_t wide = 0;
    if (in_.size() < sizeof wide) {
      sound_ = false;
      in_ = {};
      return 0;
    }
    std::memcpy(&wide, in_.data(), sizeof wide);
    in_.remove_prefix(sizeof wide);
    return wide;
  }
  template <typename Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  void get(Number& to) {
    const std::uint64_t wide = number();
    if constexpr (std::is_same_v<Number, bool>) {
      to = wide != 0;
    } else {
      to = static_cast<Number>(wide);
      sound_ &= static_cast<std::uint64_t>(to) == wide;
    }
  }
  void get(std::string& text) {
    const std::uint64_t bytes = number();
    sound_ &= bytes <= in_.size() && (texts_ == Texts::kAnyOctets || is_utf8(in_.substr(0, bytes)));
    if (!sound_) return;
    text = in_.substr(0, bytes);
    in_.remove_prefix(bytes);
  }
  void get(std::optional<std::int64_t>& to) {
    bool is_there = false;
    std::int64_t read = 0;
    get(is_there);
    get(read);
    if (is_there) to = read;
  }
  void get(std::chrono::milliseconds& time) {
    time = std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(number()));
  }
  template <typename Item>
  void get(std::vector<Item>& items) {
    const std::uint64_t count = number();
    // Each item has some octets of its own.
    sound_ &= count <= kItemsMax && count <= in_.size();
    for (std::uint64_t i = 0; i < count && sound_; ++i) get(items.emplace_back());
  }
  template <typename Structure>
    requires std::is_class_v<Structure>
  void get(Structure& structure) {
    if (sound_) describe(*this, structure);
  }

  std::string_view in_;
  Texts texts_;
  bool sound_ = true;
};

// `Way` is a Packer, with a constant structure, or an Unpacker. The bindings count the members.
template <typename Structure, typename Kind>
concept Is = std::is_same_v<std::remove_const_t<Structure>, Kind>;

template <typename Way, Is<std::pair<std::string, std::string>> Structure>
void describe(Way& way, Structure& structure) {
  auto& [name, value] = structure;
  way(name, value);
}

template <typename Way, Is<MimePart> Structure>
void describe(Way& way, Structure& structure) {
  auto& [number, type, name, charset, content_id, is_text, is_attachment, is_file, is_message,
         is_flowed, delete_space, protection, alternative, branch] = structure;
  way(number, type, name, charset, content_id, is_text, is_attachment, is_file, is_message,
      is_flowed, delete_space, protection, alternative, branch);
}

template <typename Way, Is<Headers> Structure>
void describe(Way& way, Structure& structure) {
  auto& [subject, from, to, cc, message_id, in_reply_to, references, date_text, date, received] =
      structure;
  way(subject, from, to, cc, message_id, in_reply_to, references, date_text, date, received);
}

template <typename Way, Is<text::CleanHtml> Structure>
void describe(Way& way, Structure& structure) {
  auto& [html, remote_images] = structure;
  way(html, remote_images);
}

template <typename Way, Is<Reading> Structure>
void describe(Way& way, Structure& structure) {
  auto& [is_whole, headers, fields, parts, sizes, text, html, attached, header_lines, name_lines] =
      structure;
  way(is_whole, headers, fields, parts, sizes, text, html, attached, header_lines, name_lines);
}

template <typename Way, Is<IndexedAttachment> Structure>
void describe(Way& way, Structure& structure) {
  auto& [number, name, type, size] = structure;
  way(number, name, type, size);
}

template <typename Way, Is<IndexEntry> Structure>
void describe(Way& way, Structure& structure) {
  auto& [headers, body, attachments, list, has_file, sameness, is_whole, is_missing, lacks_pdf,
         left_out] = structure;
  // sameness and left_out are ours.
  way(headers, body, attachments, list, has_file, is_whole, is_missing, lacks_pdf);
}

template <typename Way, Is<Wanted> Structure>
void describe(Way& way, Structure& structure) {
  auto& [file_bytes_max, fields, sizes, index_lines, links, text_bytes_max, html_bytes_max,
         attached_bytes_max] = structure;
  way(file_bytes_max, fields, sizes, index_lines, links, text_bytes_max, html_bytes_max,
      attached_bytes_max);
}

template <typename Way, Is<Request> Structure>
void describe(Way& way, Structure& structure) {
  auto& [ask, wanted, part, raw, document_time] = structure;
  way(ask, wanted, part, raw, document_time);
}

template <typename... Each>
std::string pack(const Each&... each) {
  Packer packer;
  packer(each...);
  return packer.take();
}

template <typename Value>
std::optional<Value> unpack(std::string_view octets,
                            Unpacker::Texts texts = Unpacker::Texts::kUtf8) {
  Value value{};
  Unpacker unpacker(octets, texts);
  unpacker(value);
  if (!unpacker.done()) return std::nullopt;
  return value;
}

}  // namespace

std::string packed(const Request& request) { return pack(request); }
std::string packed(const Reading& reading) { return pack(reading); }
std::string packed(const IndexEntry& entry) { return pack(entry); }
std::string packed(const std::optional<std::int64_t>& date) {
  return pack(date.has_value(), date.value_or(0));
}

std::optional<Request> unpack_request(std::string_view octets) {
  return unpack<Request>(octets, Unpacker::Texts::kAnyOctets);
}
std::optional<Reading> unpack_reading(std::string_view octets) { return unpack<Reading>(octets); }
std::optional<IndexEntry> unpack_entry(std::string_view octets) {
  return unpack<IndexEntry>(octets);
}
std::optional<std::optional<std::int64_t>> unpack_date(std::string_view octets) {
  bool is_known = false;
  std::int64_t seconds = 0;
  Unpacker unpacker(octets, Unpacker::Texts::kUtf8);
  unpacker(is_known, seconds);
  if (!unpacker.done()) return std::nullopt;
  // In place: an empty optional would become the outer one, that of no answer.
  std::optional<std::optional<std::int64_t>> date(std::in_place);
  if (is_known) *date = seconds;
  return date;
}

}  // namespace restante::archive
