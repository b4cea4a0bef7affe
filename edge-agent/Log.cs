namespace Penstock.EdgeAgent;

/// <summary>
/// Every line the agent logs. Event ids: run and forward 1000, outbox 1100, sources 1200, profiles and site 1300,
/// status and commands 1400; Kafka 1500, retention and clock 1550.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Debug, "kafka client, {Facility}: {Message}")]
    public static partial void KafkaSays(this ILogger log, string facility, string message);

    [LoggerMessage(1501, LogLevel.Debug, "kafka {To}: {Code}: {Reason}")]
    public static partial void KafkaError(this ILogger log, string to, string code, string? reason);

    [LoggerMessage(1502, LogLevel.Error, "the client of {To} broke for good and is made anew, no group is lost: {Reason}")]
    public static partial void KafkaClientRebuilt(this ILogger log, string to, string? reason);

    [LoggerMessage(1503, LogLevel.Warning, "a refused record did not get into the dead letters {Topic} of {To}, the quarantine of this agent has it: {Why}")]
    public static partial void NoDeadLetter(this ILogger log, string topic, string to, string? why);

    [LoggerMessage(1504, LogLevel.Warning, "topic {Topic} keeps {Replicas} of 3 copies: what only the broker acknowledged can be lost in a power cut there; raise its replication, or start penstock-central")]
    public static partial void FewReplicas(this ILogger log, string topic, int replicas);

    [LoggerMessage(1505, LogLevel.Warning, "confirmations of topic {Topic} cannot be heard: {Why}")]
    public static partial void NoConfirmations(this ILogger log, string topic, string why);

    [LoggerMessage(1506, LogLevel.Warning, "a confirmation of topic {Topic} cannot be read and is passed over: {Why}")]
    public static partial void ConfirmationNotRead(this ILogger log, string topic, string why);

    [LoggerMessage(1510, LogLevel.Information, "the historian confirms: from now on records leave the outbox when it has them")]
    public static partial void HistorianConfirms(this ILogger log);

    [LoggerMessage(1511, LogLevel.Warning, "0 of {Records} confirmed: start penstock-central, or set  confirm: broker")]
    public static partial void NothingConfirmed(this ILogger log, long records);

    [LoggerMessage(1512, LogLevel.Error, "the historian confirms nothing and the outbox is nearly full ({Bytes} of {CapBytes} bytes): {Records} records leave it at the broker's word, until penstock-central confirms again")]
    public static partial void WaitingEnded(this ILogger log, long records, long bytes, long capBytes);

    [LoggerMessage(1513, LogLevel.Warning, "{Records} records were not confirmed within {Seconds:0} s and are sent again")]
    public static partial void SentAgain(this ILogger log, long records, double seconds);

    [LoggerMessage(1514, LogLevel.Warning, "{File} cannot be written; after a restart the broker's word counts until the historian confirms again: {Why}")]
    public static partial void HeardCentreNotKept(this ILogger log, string file, string why);

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

    [LoggerMessage(1553, LogLevel.Warning, "the clock of this machine was set by {Seconds:+0.###;-0.###} s; an event tells the numbers whose stamps are meant, {Then}")]
    public static partial void ClockStepped(this ILogger log, double seconds, string then);

    [LoggerMessage(1032, LogLevel.Warning, "{File} cannot be read, versions of tags count from 1 again: {Why}")]
    public static partial void TagVersionsLost(this ILogger log, string file, string why);

    [LoggerMessage(1033, LogLevel.Warning, "{File} cannot be written, a change of type or unit may go unnoticed: {Why}")]
    public static partial void TagVersionsNotKept(this ILogger log, string file, string why);

    [LoggerMessage(1100, LogLevel.Information, "outbox open: epoch {Epoch}, storage {Storage}, {Segments} segments with {Bytes} bytes, last run ended in order: {Clean}, missing ranges: {Missing}")]
    public static partial void OutboxOpened(this ILogger log, string epoch, Outbox.StorageMode storage, int segments, long bytes, bool clean, int missing);

    [LoggerMessage(1101, LogLevel.Warning, "outbox {Folder}: {Segment} holds no good frame at {Offset} for {Length} bytes; put into quarantine, going on behind it")]
    public static partial void OutboxDamage(this ILogger log, string folder, string segment, long offset, long length);

    [LoggerMessage(1102, LogLevel.Warning, "outbox {Folder}: {File} is not ours and stays as it is; move it elsewhere")]
    public static partial void OutboxForeignFile(this ILogger log, string folder, string file);

    [LoggerMessage(1103, LogLevel.Error, "outbox {Folder}: {File} cannot be read; its records are missing until it can")]
    public static partial void OutboxUnreadable(this ILogger log, string folder, string file, Exception error);

    [LoggerMessage(1104, LogLevel.Warning, "outbox {Folder}: segments that are done cannot be deleted")]
    public static partial void OutboxCannotDelete(this ILogger log, string folder, Exception error);

    [LoggerMessage(1105, LogLevel.Warning, "a record gets no number and an event takes its place: {Why}")]
    public static partial void OutboxRefused(this ILogger log, string why);

    [LoggerMessage(1550, LogLevel.Error, "outbox ({Cause}): {Thinned} records of trends thinned, {Dropped} records dropped with {Segments} oldest segments; a gap names them")]
    public static partial void OutboxMadeRoom(this ILogger log, string cause, long thinned, long dropped, int segments);

    [LoggerMessage(1551, LogLevel.Warning, "outbox {Folder}: no room on the medium for the spare segment: {Why}; the next segment that is needed takes the place of the oldest")]
    public static partial void OutboxNoSpare(this ILogger log, string folder, string why);

    [LoggerMessage(1552, LogLevel.Warning, "outbox {Folder}: {Segment} holds a frame of kind {Kind}, which this version does not know; it is passed over and the file is kept for the version that wrote it")]
    public static partial void OutboxStrangeFrame(this ILogger log, string folder, string segment, int kind);

    [LoggerMessage(1107, LogLevel.Error, "outbox: records {From} to {To} of epoch {Epoch} are damaged; a gap names them")]
    public static partial void OutboxLost(this ILogger log, string epoch, long from, long to);

    [LoggerMessage(1108, LogLevel.Error, "outbox cannot write and keeps records in memory: {Why}")]
    public static partial void OutboxTrouble(this ILogger log, string why);

    [LoggerMessage(1109, LogLevel.Information, "outbox writes again")]
    public static partial void OutboxHealed(this ILogger log);

    [LoggerMessage(1110, LogLevel.Error, "outbox cannot write and its memory is full, records are dropped and counted: {Why}")]
    public static partial void OutboxMemoryFull(this ILogger log, string why);

    [LoggerMessage(1111, LogLevel.Warning, "outbox cannot read its backlog now and tries again: {Why}")]
    public static partial void OutboxCannotRead(this ILogger log, string why);

    [LoggerMessage(1112, LogLevel.Error, "outbox pump failed and goes on")]
    public static partial void OutboxPumpFailed(this ILogger log, Exception error);

    [LoggerMessage(1113, LogLevel.Error, "outbox did not close within {Seconds} s; the disk does not answer")]
    public static partial void OutboxCloseTimedOut(this ILogger log, double seconds);

    [LoggerMessage(1114, LogLevel.Warning, "outbox {Folder}: {File} keeps its unused room: {Why}")]
    public static partial void OutboxCannotTidy(this ILogger log, string folder, string file, string why);
}
