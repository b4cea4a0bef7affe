namespace Penstock.EdgeAgent;

/// <summary>
/// Every line the agent logs. Event ids: run and forward 1000, outbox 1100, sources 1200, profiles and site 1300,
/// status and commands 1400.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "penstock {Version} agent {Agent} site {Site}: {Devices} devices, {Tags} tags, data folder {Folder}")]
    public static partial void Started(this ILogger log, string version, string agent, string site, int devices, int tags, string folder);

    [LoggerMessage(1001, LogLevel.Information, "{Note}")]
    public static partial void Note(this ILogger log, string note);

    [LoggerMessage(1002, LogLevel.Information, "stopping: sources first, then what still can be sent, then the outbox")]
    public static partial void Stopping(this ILogger log);

    [LoggerMessage(1003, LogLevel.Information, "stopped; {Waiting} records wait in the outbox")]
    public static partial void Stopped(this ILogger log, long waiting);

    [LoggerMessage(1004, LogLevel.Error, "{Trouble}")]
    public static partial void Trouble(this ILogger log, string trouble);

    [LoggerMessage(1005, LogLevel.Warning, "{Part} did not end within {Seconds} s and is left behind")]
    public static partial void DidNotEnd(this ILogger log, string part, double seconds);

    [LoggerMessage(1006, LogLevel.Information, "status page {Address}")]
    public static partial void StatusPageAt(this ILogger log, string address);

    [LoggerMessage(1010, LogLevel.Information, "link to {To} is up")]
    public static partial void LinkUp(this ILogger log, string to);

    [LoggerMessage(1011, LogLevel.Warning, "link to {To} is down: {Why}")]
    public static partial void LinkDown(this ILogger log, string to, string why);

    [LoggerMessage(1012, LogLevel.Warning, "{Count} of {Of} records refused by {To}, kept in {File}; first: number {Seq} of {Epoch}: {Reason}")]
    public static partial void Refused(this ILogger log, int count, int of, string to, string file, long seq, string epoch, string reason);

    [LoggerMessage(1013, LogLevel.Error, "forwarder {Lane} lane failed, {Groups} groups go back to the outbox")]
    public static partial void LaneFailed(this ILogger log, Exception error, string lane, int groups);

    [LoggerMessage(1014, LogLevel.Error, "refused records cannot be kept in {File}: {Why}")]
    public static partial void RefusedNotKept(this ILogger log, string file, string why);

    [LoggerMessage(1015, LogLevel.Debug, "{Lane}: {Groups} groups, {Records} records acknowledged in {Milliseconds} ms")]
    public static partial void Delivered(this ILogger log, string lane, int groups, int records, long milliseconds);

    [LoggerMessage(1016, LogLevel.Debug, "{What} not announced: {Why}")]
    public static partial void NotAnnounced(this ILogger log, string what, string why);

    [LoggerMessage(1017, LogLevel.Error, "announcing failed")]
    public static partial void AnnouncingFailed(this ILogger log, Exception error);

    [LoggerMessage(1020, LogLevel.Information, "device {Device} at {Address} is good")]
    public static partial void DeviceGood(this ILogger log, string device, string address);

    [LoggerMessage(1021, LogLevel.Warning, "device {Device} at {Address} is bad: {Why}")]
    public static partial void DeviceBad(this ILogger log, string device, string address, string why);

    [LoggerMessage(1022, LogLevel.Error, "source {Device} failed and is started again in {Seconds:0.0} s")]
    public static partial void SourceFailed(this ILogger log, Exception error, string device, double seconds);

    [LoggerMessage(1023, LogLevel.Warning, "device {Device}: {Samples} scheduled samples missing from {From} to {To} ({Cause}): {Why}")]
    public static partial void SamplesMissing(this ILogger log, string device, long samples, string from, string to, string cause, string why);

    [LoggerMessage(1024, LogLevel.Error, "device {Device}: {Records} records not kept: {Why}")]
    public static partial void RecordsNotKept(this ILogger log, string device, int records, string why);

    [LoggerMessage(1025, LogLevel.Error, "source {Device} ended by itself and is started again in {Seconds:0.0} s")]
    public static partial void SourceEnded(this ILogger log, string device, double seconds);

    [LoggerMessage(1030, LogLevel.Warning, "the clock of this machine is {State}; every record says so until a time service keeps it")]
    public static partial void ClockNotSynchronised(this ILogger log, string state);

    [LoggerMessage(1031, LogLevel.Information, "the clock of this machine is synchronised")]
    public static partial void ClockSynchronised(this ILogger log);
}
