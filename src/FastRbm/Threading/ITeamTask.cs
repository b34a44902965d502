namespace FastRbm.Threading;

/// <summary>A piece of work that every member of a <see cref="ThreadTeam"/> does its share of.</summary>
internal interface ITeamTask
{
    /// <summary>Does one member's share.</summary>
    /// <param name="member">From 0 to members - 1.</param>
    /// <param name="members">The size of the team.</param>
    void Run(int member, int members);
}
