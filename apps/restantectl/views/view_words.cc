#include "restantectl/views/view_words.h"

#include "restantectl/output.h"

namespace restante::ctl {

Result<maildrop::View> find_view(maildrop::Store& store, const std::string& maildrop,
                                 std::string_view name) {
  if (name.empty() || name == maildrop::kDefaultName) return maildrop::View::kDefault;
  RESTANTE_TRY(const std::string kept, maildrop::view_name(name));
  auto found = store.find_view(maildrop, kept);
  if (found) return found->view;
  if (found.error().code != Errc::kNotFound) return found.error();
  return Error(Errc::kNotFound, "there is no view " + kept +
                                    "; those that there are: restantectl maildrop views " +
                                    maildrop);
}

Status refuse_view_of_copy(maildrop::Store& store, const std::string& maildrop,
                           std::string_view name) {
  if (name.empty() || name == maildrop::kDefaultName) return ok();
  RESTANTE_TRY(const std::string kept, maildrop::view_name(name));
  const auto found = store.find_view(maildrop, kept);
  if (!found) return found.error();
  if (!found->of_copy) return ok();
  return Error(Errc::kState, "mail waits in the view " + kept +
                                 " for a copy's target; restantectl account copy remove ends it");
}

boost::json::object to_json(const maildrop::ViewInfo& view) {
  return {{"view", view.name},
          {"role", maildrop::to_string(view.role)},
          {"device", view.of_device},
          {"copy", view.of_copy},
          {"holds", view.holds},
          {"released", view.is_released},
          {"made", to_json(view.made)},
          {"last_used", to_json(view.used)},
          {"messages", view.waiting.messages},
          {"octets", view.waiting.octets}};
}

std::string holds_text(const maildrop::ViewInfo& view) {
  if (view.holds) return "yes";
  if (view.role == maildrop::ViewRole::kReader) return "no: reader";
  return view.is_released ? "no: quota was full" : "no: unused";
}

}  // namespace restante::ctl
