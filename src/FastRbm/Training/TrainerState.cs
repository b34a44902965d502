namespace FastRbm.Training;

/// <summary>Where a training run stands in its data: with the model, the velocities and the chains it is the whole state.</summary>
/// <param name="Epoch">Completed epochs.</param>
/// <param name="FirstRow">Rows of the present epoch that are done.</param>
/// <param name="Update">Completed updates.</param>
public readonly record struct TrainerState(int Epoch, int FirstRow, long Update);
