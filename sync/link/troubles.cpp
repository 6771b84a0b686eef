#include "sync/link/troubles.hpp"

#include <array>

namespace cunzheng::link {
namespace {

using sync::CloseReason;

constexpr std::array<std::string_view, 6> reason_names{"done",    "bad_frame", "not_admitted",
                                                       "version", "timeout",   "store_failed"};
constexpr std::uint16_t close_code_first = 4000;

Failure failure(FailureCode code, const char* zh, const char* en) { return {code, {zh, en}, "hub", {}}; }

Failure said_by_peer(CloseReason reason) {
  switch (reason) {
    case CloseReason::done:
      break;
    case CloseReason::bad_frame:
      return failure(FailureCode::conflict, "对方不接受本机发出的数据格式，请检查双方的程序版本",
                     "the other end does not accept the form of our messages: check the versions of both programs");
    case CloseReason::not_admitted:
      return failure(
          FailureCode::refused, "区中心不认可本设备：尚未登记、已停用或需要重新登记，请联系区中心",
          "the hub does not admit this device: not enrolled, revoked, or due to enrol again; ask the district");
    case CloseReason::version:
      return failure(FailureCode::conflict, "双方程序版本不相容，请更新程序",
                     "the two programs have no common protocol version: update");
    case CloseReason::timeout:
      return failure(FailureCode::unavailable, "对方等待本机答复超时，稍后会重试",
                     "the other end waited too long for our answer; it will be tried again");
    case CloseReason::store_failed:
      return failure(FailureCode::unavailable, "对方暂时不能保存数据，稍后会重试",
                     "the other end cannot store anything just now; it will be tried again");
  }
  return failure(FailureCode::unavailable, "对方结束了连接", "the other end closed the connection");
}

Failure said_by_us(CloseReason reason) {
  switch (reason) {
    case CloseReason::done:
      break;
    case CloseReason::bad_frame:
      return failure(FailureCode::unreadable, "对方发来的数据不符合协议", "the other end broke the protocol");
    case CloseReason::not_admitted:
      return failure(FailureCode::refused, "不能确认对方的身份，没有交换任何数据",
                     "the other end could not show who it is; nothing was exchanged");
    case CloseReason::version:
      return failure(FailureCode::conflict, "双方程序版本不相容，请更新程序",
                     "the two programs have no common protocol version: update");
    case CloseReason::timeout:
      return failure(FailureCode::unavailable, "对方长时间没有回应，连接已断开",
                     "the other end did not answer for too long; the connection was closed");
    case CloseReason::store_failed:
      return failure(FailureCode::unavailable, "本机无法保存收到的数据，请检查磁盘空间",
                     "what arrived could not be stored here: check the disk");
  }
  return failure(FailureCode::unavailable, "连接已结束", "the connection was closed");
}

}  // namespace

Failure failure_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::no_such_host:
      return failure(FailureCode::unavailable, "找不到区中心的地址，请检查网络和地址",
                     "the hub's address cannot be found: check the network and the address");
    case Trouble::not_reachable:
      return failure(
          FailureCode::unavailable, "连不上区中心，请检查网络和地址；已登记的电脑离线照常办理，联网后自动补传",
          "the hub cannot be reached: check network and address. A laptop that is enrolled works on offline and "
          "sends later");
    case Trouble::wrong_key:
      return failure(FailureCode::refused,
                     "对方不是登记时的区中心（密钥不符），没有发送任何内容。请换一个网络再试；仍不行请联系区中心",
                     "the other end is not the hub this laptop enrolled with (its key differs); nothing was sent. "
                     "Try another network; if that does not help, ask the district");
    case Trouble::no_tls:
      return failure(
          FailureCode::unreadable, "对方没有按约定加密，可能是要求登录的公共网络，或地址、端口不对",
          "the other end does not speak TLS 1.3: a public network that wants a login, or a wrong address or port");
    case Trouble::not_our_endpoint:
      return failure(FailureCode::unreadable, "这个地址上的不是村证区中心，请检查地址和端口",
                     "what answers at this address is no Cunzheng hub: check address and port");
    case Trouble::too_slow:
      return failure(FailureCode::unavailable, "区中心没有及时答复，请检查网络",
                     "the hub did not answer in time: check the network");
    case Trouble::lost:
      return failure(FailureCode::unavailable, "连接中断，稍后会重试", "the connection broke; it will be tried again");
    case Trouble::malformed:
      return failure(FailureCode::unreadable, "对方发来的数据不符合协议", "the other end broke the protocol");
    case Trouble::reads_too_slowly:
      return failure(FailureCode::unavailable, "对方接收太慢，连接已断开",
                     "the other end takes too long to read; the connection was closed");
  }
  return failure(FailureCode::unavailable, "连接中断", "the connection broke");
}

Failure failure_of(CloseReason reason, Ending::Side side) {
  return side == Ending::Side::peers ? said_by_peer(reason) : said_by_us(reason);
}

std::string_view name_of(CloseReason reason) { return reason_names.at(static_cast<std::size_t>(reason)); }

std::uint16_t close_code(CloseReason reason) {
  return static_cast<std::uint16_t>(close_code_first + static_cast<std::uint16_t>(reason));
}

std::optional<CloseReason> close_reason(std::uint16_t code) {
  if (code < close_code_first || code >= close_code_first + reason_names.size()) return std::nullopt;
  return static_cast<CloseReason>(code - close_code_first);
}

}  // namespace cunzheng::link
