// The types of `signalr.js`, which is a bundle of the official client.

export {
  HttpTransportType, HubConnection, HubConnectionBuilder, HubConnectionState, JsonHubProtocol, LogLevel, Subject,
} from "@microsoft/signalr";
export { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
