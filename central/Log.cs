
namespace Penstock.Central;

/// <summary>Every log line of the centre. Event ids: 2000-2199 ingest and historian, 2200-2399 web, 2400-2449 Kafka, 2450-2499 PostgreSQL.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning, "{Count} records refused, kept as dead letters; first: agent {Agent}, line {Line}: {Reason}")]
    public static partial void Refused(this ILogger log, int count, string agent, int line, string reason);

    [LoggerMessage(2001, LogLevel.Warning, "a commit of {Count} requests failed ({Reason}); trying them one by one")]
    public static partial void CommitSplit(this ILogger log, int count, string reason);

    [LoggerMessage(2002, LogLevel.Error, "{Count} records cannot be committed: {Reason}. Agents keep them and send again")]
    public static partial void CommitFailed(this ILogger log, int count, string reason, Exception error);

    [LoggerMessage(2003, LogLevel.Error, "roll-ups or retention failed: {Reason}. Trying again")]
    public static partial void HousekeepingFailed(this ILogger log, string reason, Exception error);

    [LoggerMessage(2004, LogLevel.Information, "removed {Count} {What}: {Reason}")]
    public static partial void Removed(this ILogger log, long count, string what, string reason);

    [LoggerMessage(2005, LogLevel.Warning, "the disk has {Free} bytes free, the floor is {Floor}; nothing older than a day is left to remove. Free space on this disk")]
    public static partial void FloorNotReached(this ILogger log, long free, long floor);

    [LoggerMessage(2200, LogLevel.Information, "penstock-central {Version}, data in {Folder}, {Tags} tags known")]
    public static partial void Started(this ILogger log, string version, string folder, int tags);

    [LoggerMessage(2201, LogLevel.Warning, "request {Method} {Path} rejected with {Status}: {Reason}")]
    public static partial void Rejected(this ILogger log, string method, string path, int status, string reason);

    [LoggerMessage(2202, LogLevel.Error, "request {Method} {Path} failed: {Reason}")]
    public static partial void RequestFailed(this ILogger log, string method, string path, string reason, Exception error);

    [LoggerMessage(2203, LogLevel.Warning, "a viewer at {Address} read nothing for {Seconds} s and was cut")]
    public static partial void ViewerCut(this ILogger log, string address, double seconds);

    [LoggerMessage(2204, LogLevel.Error, "the live stream failed: {Reason}. Going on")]
    public static partial void LiveFailed(this ILogger log, string reason, Exception error);

    [LoggerMessage(2205, LogLevel.Information, "stopping")]
    public static partial void Stopping(this ILogger log);

    [LoggerMessage(2206, LogLevel.Warning, "listening on {Address} without encryption: anyone on the path can read tokens and values. Put a TLS proxy in front, or use ssh -L")]
    public static partial void NotEncrypted(this ILogger log, string address);

    [LoggerMessage(2450, LogLevel.Warning, "what other centres commit cannot be followed: {Reason}. Trying again")]
    public static partial void FollowLost(this ILogger log, string reason);

    [LoggerMessage(2400, LogLevel.Information, "reading Kafka at {Brokers}, cluster {Cluster}, as group {Group}")]
    public static partial void StreamConnected(this ILogger log, string brokers, string cluster, string group);

    [LoggerMessage(2401, LogLevel.Error, "nothing is read from Kafka: {Reason}. Trying again")]
    public static partial void BrokerTrouble(this ILogger log, string reason);

    [LoggerMessage(2402, LogLevel.Error, "what was read from Kafka waits, because the historian does not take it: {Reason}. Trying again; nothing is skipped")]
    public static partial void StreamWaitsForHistorian(this ILogger log, string reason);

    [LoggerMessage(2403, LogLevel.Information, "the historian takes records from Kafka again")]
    public static partial void StreamGoesOn(this ILogger log);

    [LoggerMessage(2404, LogLevel.Warning, "{What} of Kafka is another one than before under the same name: it is read from its own beginning. What the old one held and was not read is gone; agents send again what was never confirmed")]
    public static partial void MadeAnew(this ILogger log, string what);

    [LoggerMessage(2405, LogLevel.Information, "{Count} partitions to read: {Where}")]
    public static partial void PartitionsAssigned(this ILogger log, int count, string where);

    [LoggerMessage(2406, LogLevel.Information, "{Count} partitions go to another centre: {Which}")]
    public static partial void PartitionsRevoked(this ILogger log, int count, string which);

    [LoggerMessage(2407, LogLevel.Warning, "a commit of {Count} messages failed because of one of them ({Reason}); looking for it by halves")]
    public static partial void BatchHalved(this ILogger log, int count, string reason);

    [LoggerMessage(2408, LogLevel.Warning, "a tag info or heartbeat cannot be kept: {Reason}")]
    public static partial void InfoNotKept(this ILogger log, string reason);

    [LoggerMessage(2409, LogLevel.Warning, "{Count} messages refused, kept as dead letters; first: {Origin}: {Reason}")]
    public static partial void MessagesRefused(this ILogger log, int count, string origin, string reason);

    [LoggerMessage(2410, LogLevel.Warning, "a message to {Topic} was not published: {Reason}. Agents send again what stays unconfirmed; dead letters stand in the historian")]
    public static partial void NotPublished(this ILogger log, string topic, string reason);

    [LoggerMessage(2411, LogLevel.Warning, "Kafka could not hand out a message: {Reason}")]
    public static partial void ConsumeFailed(this ILogger log, string reason);

    [LoggerMessage(2412, LogLevel.Warning, "{Topic} partition {Partition}: offsets {From} to {To} were gone before they were read, by retention or a broker's loss. Agents send again what was never confirmed; give the topic a longer retention")]
    public static partial void OffsetsMissing(this ILogger log, string topic, int partition, long from, long to);

    [LoggerMessage(2413, LogLevel.Warning, "topic {Topic}: {Setting} is {Found}, planned {Wanted}: {Why}. Repair it with  penstock-central topics apply")]
    public static partial void TopicDiffers(this ILogger log, string topic, string setting, string found, string wanted, string why);

    [LoggerMessage(2414, LogLevel.Information, "topic {Topic}: {Setting} not checked: {Why}")]
    public static partial void TopicNotChecked(this ILogger log, string topic, string setting, string why);

    [LoggerMessage(2415, LogLevel.Warning, "another member of group {Group} goes by this centre's name {Member} ({Reason}); this one goes on without a name: give each machine its own host name")]
    public static partial void MemberNameTaken(this ILogger log, string member, string group, string reason);
}
