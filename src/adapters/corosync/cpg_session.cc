#include "adapters/corosync/cpg_session.h"

#include <corosync/cpg.h>
#include <sys/uio.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "base/format.h"

namespace holdfast::corosync {
namespace {

constexpr std::string_view kGroup = "holdfast";

LeaveReason reason_of(std::uint32_t reason) {
  switch (reason) {
    case CPG_REASON_NODEDOWN:
      return LeaveReason::node_left_ring;
    case CPG_REASON_LEAVE:
      return LeaveReason::left;
    default:
      return LeaveReason::process_died;
  }
}

CpgEvents& events_of(cpg_handle_t handle) {
  void* context = nullptr;
  cpg_context_get(handle, &context);
  return *static_cast<CpgEvents*>(context);
}

EngineMember member_of(const cpg_address& address) { return {NodeId{address.nodeid}, address.pid}; }

void deliver(cpg_handle_t handle, const cpg_name*, std::uint32_t node, std::uint32_t process, void* bytes,
             std::size_t size) {
  events_of(handle).on_delivery({NodeId{node}, process}, {static_cast<const char*>(bytes), size});
}

void change_group(cpg_handle_t handle, const cpg_name*, const cpg_address* members, std::size_t member_count,
                  const cpg_address* left, std::size_t left_count, const cpg_address*, std::size_t) {
  std::vector<EngineMember> whole;
  for (std::size_t i = 0; i < member_count; ++i) whole.push_back(member_of(members[i]));
  std::vector<Departure> departed;
  for (std::size_t i = 0; i < left_count; ++i) departed.push_back({member_of(left[i]), reason_of(left[i].reason)});
  events_of(handle).on_group(whole, departed);
}

void change_ring(cpg_handle_t handle, cpg_ring_id, std::uint32_t count, const std::uint32_t* members) {
  std::vector<NodeId> nodes;
  for (std::uint32_t i = 0; i < count; ++i) nodes.emplace_back(members[i]);
  events_of(handle).on_ring(nodes);
}

cs_error_t join(cpg_handle_t handle) {
  cpg_name group{};
  group.length = kGroup.size();
  std::memcpy(group.value, kGroup.data(), kGroup.size());
  cs_error_t result = CS_ERR_TRY_AGAIN;
  for (int attempt = 0; attempt < 100 && result == CS_ERR_TRY_AGAIN; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(Millis{10});
    result = cpg_join(handle, &group);
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<CpgSession>> CpgSession::open(CpgEvents& events) {
  std::unique_ptr<CpgSession> session(new CpgSession);
  if (const auto connected = session->connect(events); !connected) return tl::unexpected(connected.error());
  return session;
}

Result<void> CpgSession::connect(CpgEvents& events) {
  cpg_model_v1_data_t model{};
  model.model = CPG_MODEL_V1;
  model.cpg_deliver_fn = deliver;
  model.cpg_confchg_fn = change_group;
  model.cpg_totem_confchg_fn = change_ring;
  model.flags = CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF;
  cs_error_t result =
      cpg_model_initialize(&handle_, CPG_MODEL_V1, reinterpret_cast<cpg_model_data_t*>(&model), &events);
  if (result != CS_OK) return failure(format("corosync does not listen (error {})", static_cast<int>(result)));
  open_ = true;
  unsigned int node = 0;
  result = cpg_local_get(handle_, &node);
  if (result == CS_OK) result = cpg_fd_get(handle_, &descriptor_);
  if (result == CS_OK) result = join(handle_);
  if (result != CS_OK) return failure(format("corosync does not let us in (error {})", static_cast<int>(result)));
  local_node_ = NodeId{node};
  return {};
}

CpgSession::~CpgSession() {
  if (open_) cpg_finalize(handle_);
}

CpgSession::Alive CpgSession::dispatch() {
  const cs_error_t result = cpg_dispatch(handle_, CS_DISPATCH_ALL);
  return result == CS_OK || result == CS_ERR_TRY_AGAIN ? Alive::yes : Alive::broken;
}

CpgSession::Sent CpgSession::send(std::string_view bytes) {
  // AGREED: SAFE is not implemented (engine.md 2.5).
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  switch (cpg_mcast_joined(handle_, CPG_TYPE_AGREED, &part, 1)) {
    case CS_OK:
      return Sent::yes;
    case CS_ERR_TRY_AGAIN:
    case CS_ERR_INTERRUPT:
      return Sent::try_again;
    default:
      return Sent::broken;
  }
}

}  // namespace holdfast::corosync
