#include "shared/domain/office.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

bool runs_on(const Appointment& appointment, CivilDate day) {
  return appointment.from <= day && (!appointment.to || day <= *appointment.to);
}

}  // namespace

std::optional<OfficerId> Posts::head_on(CivilDate on) const {
  std::optional<CivilDate> from;
  std::optional<OfficerId> head;
  for (const auto& each : appointments_) {
    if (each.post != Post::head || !runs_on(each, on) || (from && each.from < *from)) continue;
    // The same person appointed twice on one day is one head; two people are none.
    const bool contested = from && each.from == *from && head != each.officer;
    from = each.from;
    head = contested ? std::nullopt : std::optional(each.officer);
  }
  return head;
}

bool Posts::holds(OfficerId officer, Post post, CivilDate on) const {
  if (post == Post::head) return head_on(on) == officer;
  return std::any_of(appointments_.begin(), appointments_.end(), [&](const Appointment& each) {
    return each.officer == officer && each.post == post && runs_on(each, on);
  });
}

}  // namespace cunzheng::domain
