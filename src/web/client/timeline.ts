// The chart of the timeline.
export {};
