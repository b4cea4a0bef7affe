
namespace Penstock.Central;

/// <summary>Every log line of the centre. Event ids: 2000-2199 ingest and historian, 2200-2399 web, 650-699 PostgreSQL.</summary>
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

    [LoggerMessage(650, LogLevel.Warning, "what other centres commit cannot be followed: {Reason}. Trying again")]
    public static partial void FollowLost(this ILogger log, string reason);
}
