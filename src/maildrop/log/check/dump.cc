#include "maildrop/log/check/dump.h"

#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

std::string state_name(PlaceState state) {
  switch (state) {
    case PlaceState::kWhole: return "ok";
    case PlaceState::kBodyDamaged:
    case PlaceState::kNoRecord: return "damaged";
    case PlaceState::kCutShort: return "cut short";
    case PlaceState::kZeros: return "zeros";
  }
  return {};
}

/// "1-5,7".
std::string to_text(const SequenceSet& set) {
  std::string out;
  for (const SequenceSet::Range& range : set.ranges()) {
    if (!out.empty()) out += ',';
    out += std::to_string(range.first);
    if (range.last != range.first) out += '-' + std::to_string(range.last);
  }
  return out;
}

std::string to_text(const ViewRecord& view) {
  std::string out = view.name.empty() ? "(unnamed)" : view.name;
  out += ' ' + std::string(to_string(view.role));
  if (view.of_copy) out += " of a copy";
  return view.is_released ? out + " released" : out;
}

std::string to_text(const RecordContent& content) {
  std::string out;
  const auto add = [&out](const char* what, const std::string& which) {
    if (!which.empty()) out += (out.empty() ? "" : ", ") + std::string(what) + ' ' + which;
  };
  add("deleted", to_text(content.deletions));
  add("deleted in every view", to_text(content.everywhere));
  add("retrieved", to_text(content.retrievals));
  add("back", to_text(content.undeletions));
  if (content.view) add("view", to_text(*content.view));
  add("unseen", to_text(content.unseen));
  if (content.in_every_view) add("in", "every view");
  return out;
}

std::string uid_of(const RecordHeader& header, std::string_view prefix) {
  if (!header.uid.empty()) return header.uid;
  MessageInfo info;
  info.sequence = Sequence{header.key};
  info.arrived = header.time;
  info.wire_checksum = header.body_checksum;
  std::string uid;
  append_derived_uid(prefix, info, uid);
  return uid;
}

DumpLine to_line(const LogPlace& place, std::string_view prefix) {
  DumpLine line;
  line.offset = place.offset;
  line.bytes = place.bytes;
  line.state = state_name(place.state);
  line.in_tail = place.in_tail;
  if (place.record == nullptr) return line;
  const RecordHeader& header = place.record->header;
  line.type = type_name(header.type);
  line.key = header.key;
  line.octets = header.octets;
  line.body_bytes = header.body_bytes;
  line.time = header.time;
  if (header.type == RecordType::kMessage) {
    line.uid = uid_of(header, prefix);
  } else if (place.record->intact) {
    line.says = to_text(place.record->content);
  }
  return line;
}

}  // namespace

std::string type_name(RecordType type) {
  switch (type) {
    case RecordType::kMessage: return "message";
    case RecordType::kDeletion: return "deletion";
    case RecordType::kRetrieval: return "retrieval";
    case RecordType::kUndeletion: return "undeletion";
    case RecordType::kForgottenUids: return "forgotten uids";
    case RecordType::kView: return "view";
    case RecordType::kViewEnd: return "end of a view";
    case RecordType::kTwofoldDeletion: return "twofold deletion";
  }
  return "unknown";
}

Result<FoundHeader> dump_log(disk::File& file, std::uint64_t end, const Pace& pace,
                             const std::function<void(const DumpLine&)>& sink) {
  PacedFile paced(file, pace);
  RESTANTE_TRY(FoundHeader found, find_log_header(paced));
  const std::string prefix = uid_prefix(found.header.id);
  RESTANTE_CHECKED(walk_log(paced, found.header.seed, {found.records_start(), end, true},
                            [&](const LogPlace& place) { sink(to_line(place, prefix)); }));
  return found;
}

}  // namespace restante::maildrop::log
